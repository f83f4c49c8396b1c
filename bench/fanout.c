/* Both ends of the floor that bench/fanout.py and bench/idle.py measure against; compiled to a temporary directory.

   write PORT CONTROL [1]        accept sockets on PORT; whatever arrives on the unix socket CONTROL goes to all of them,
                                 read by read (with 1: in frames of FRAME bytes, one send each)
   read PORT COUNT STATE [FILE [SIZE]]
                                 open COUNT sockets and count what arrives into the shared file STATE; FILE holds a
                                 WebSocket handshake and the frame to send after it; without it the sockets are plain.
                                 With SIZE it begins with COUNT handshakes of that size, one for each person, and every
                                 post that arrives is a sample: microseconds since `began` */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MOST 65536
#define SAMPLES 262144
#define IN_FLIGHT 256
#define SAMPLE_EVERY 50

static char buffer[1 << 20];
static int sockets[MOST];
static int count = 0;

struct state { uint64_t ready, bytes, samples, began; uint32_t micros[SAMPLES]; };

static void die(const char *what) { perror(what); exit(1); }

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void watch(int poll, int fd, int index) {
    struct epoll_event e = {.events = EPOLLIN, .data.u32 = (uint32_t)index};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
}

static struct sockaddr_in local(int port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static void send_to_all(const char *data, size_t size) {
    for (int i = 0; i < count; i++)
        if (send(sockets[i], data, size, MSG_NOSIGNAL) < 0 && errno != EAGAIN) die("send");
}

static int serve(int port, const char *path, size_t frame) {
    struct sockaddr_in a = local(port);
    struct sockaddr_un u = {.sun_family = AF_UNIX};
    strncpy(u.sun_path, path, sizeof u.sun_path - 1);
    int one = 1, listening = socket(AF_INET, SOCK_STREAM, 0), control = socket(AF_UNIX, SOCK_STREAM, 0), source = -1;
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listening, (struct sockaddr *)&a, sizeof a) || listen(listening, 4096)) die("listen");
    if (bind(control, (struct sockaddr *)&u, sizeof u) || listen(control, 1)) die("control");
    int poll = epoll_create1(0);
    watch(poll, listening, MOST);
    watch(poll, control, MOST + 1);
    size_t held = 0;
    for (struct epoll_event events[256];;) {
        int found = epoll_wait(poll, events, 256, -1);
        for (int i = 0; i < found; i++) {
            if (events[i].data.u32 == MOST) {
                sockets[count] = accept(listening, 0, 0);
                setsockopt(sockets[count++], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            } else if (events[i].data.u32 == MOST + 1) {
                watch(poll, source = accept(control, 0, 0), MOST + 2);
            } else {
                ssize_t got = read(source, buffer + held, 65536 - held);
                if (got <= 0) return 0;
                held += (size_t)got;
                size_t whole = frame ? held / frame * frame : held, at = 0;
                for (size_t step = frame ? frame : whole; at < whole; at += step) send_to_all(buffer + at, step);
                memmove(buffer, buffer + whole, held -= whole);
            }
        }
    }
}

static void sample(struct state *state, size_t size) {
    uint64_t moment = now();
    for (char *at = buffer; (at = memmem(at, size - (size_t)(at - buffer), "\"at\":", 5)); at += 5) {
        uint64_t sent = strtoull(at + 5, 0, 10);
        if (state->samples < SAMPLES && moment > sent) state->micros[state->samples++] = (uint32_t)((moment - sent) / 1000);
    }
}

/* Answer a ping (four bytes, as uvicorn sends it) that begins or ends what was read, or the server gives up on us. */
static void answer_ping(int fd, size_t size) {
    for (int end = 0; end < 2; end++) {
        const char *at = end ? buffer + size - 6 : buffer;
        if (size < 6 || memcmp(at, "\x89\x04", 2)) continue;
        char pong[10] = {(char)0x8a, (char)0x84, 0, 0, 0, 0};
        memcpy(pong + 6, at + 2, 4);
        if (send(fd, pong, sizeof pong, MSG_NOSIGNAL) < 0) die("pong");
        return;
    }
}

static void dial(int poll, int port, int index, const char *hello, size_t hello_size) {
    struct sockaddr_in a = local(port);
    int fd = sockets[index] = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&a, sizeof a)) die("connect");
    fcntl(fd, F_SETFL, O_NONBLOCK);
    watch(poll, fd, index);
    if (hello_size && send(fd, hello, hello_size, MSG_NOSIGNAL) < 0) die("hello");
}

static int read_all(int port, int wanted, const char *state_path, const char *hello_path, size_t each) {
    static char hello[1 << 23], stage[MOST];
    size_t hello_size = 0, handshake = 0, greeting = 0; /* all of it, where the frame begins, a handshake */
    if (hello_path) {
        FILE *file = fopen(hello_path, "rb");
        hello_size = fread(hello, 1, sizeof hello, file);
        greeting = handshake = (size_t)((char *)memmem(hello, hello_size, "\r\n\r\n", 4) - hello) + 4;
        if (each && (greeting != each || (handshake = each * (size_t)wanted) >= hello_size)) die("handshakes");
    }
    int shared = open(state_path, O_RDWR), poll = epoll_create1(0), dialled = 0;
    struct state *state = mmap(0, sizeof *state, PROT_READ | PROT_WRITE, MAP_SHARED, shared, 0);
    if (state == MAP_FAILED) die("mmap");
    for (struct epoll_event events[512];;) {
        while (dialled < wanted && dialled - (int)state->ready < IN_FLIGHT) {
            dial(poll, port, dialled, hello + (each ? each * (size_t)dialled : 0), greeting);
            if (!hello_size) state->ready++;
            dialled++;
        }
        int found = epoll_wait(poll, events, 512, 100);
        for (int i = 0; i < found; i++) {
            int index = (int)events[i].data.u32;
            ssize_t got = recv(sockets[index], buffer, sizeof buffer - 1, 0);
            if (got == 0) { fprintf(stderr, "socket %d was closed\n", index); return 1; }
            if (got < 0) continue;
            buffer[got] = 0;
            if (hello_size && !stage[index]) {
                if (send(sockets[index], hello + handshake, hello_size - handshake, MSG_NOSIGNAL) < 0) die("subscribe");
                stage[index] = 1;
            }
            if (hello_size && stage[index] == 1) {
                if (memmem(buffer, (size_t)got, "\"k\":\"sub\"", 9)) { stage[index] = 2; state->ready++; }
                continue;
            }
            state->bytes += (uint64_t)got;
            if (hello_size) answer_ping(sockets[index], (size_t)got);
            if (each && memmem(buffer, (size_t)got, "\"k\":\"post\"", 10) && state->samples < SAMPLES)
                state->micros[state->samples++] = (uint32_t)((now() - state->began) / 1000);
            if (!each && index % SAMPLE_EVERY == 0) sample(state, (size_t)got);
        }
    }
}

int main(int argc, char **argv) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (argc >= 4 && !strcmp(argv[1], "write")) return serve(atoi(argv[2]), argv[3], argc > 4 ? (size_t)atoi(argv[4]) : 0);
    size_t each = argc > 6 ? (size_t)atoi(argv[6]) : 0;
    if (argc >= 5 && !strcmp(argv[1], "read")) return read_all(atoi(argv[2]), atoi(argv[3]), argv[4], argc > 5 ? argv[5] : 0, each);
    return 2;
}
