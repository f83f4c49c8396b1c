"""nginx with the template of `deploy/`, as the image of docker-compose.yml runs it, on free ports of this machine."""

import datetime as dt
import os
import shutil
import socket
import ssl
import string
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TEMPLATE = Path(__file__).resolve().parent.parent.parent / "deploy" / "nginx.conf.template"
HOST = "planet.example"


def find_nginx() -> str | None:
    """Where nginx is; Debian keeps it where only root looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


@contextmanager
def nginx(directory: Path, names: Mapping[str, str]) -> Iterator[ssl.SSLContext]:
    """A running nginx with the template's names filled in; gives what trusts its certificate."""
    tls = directory / "tls"
    (tls / "challenge").mkdir(parents=True)
    authority = _certificate(tls)
    site = string.Template(TEMPLATE.read_text()).safe_substitute(names, TLS=str(tls), CACHE=str(directory / "cache"))
    configuration = directory / "nginx.conf"
    configuration.write_text(_main(directory, _for_this_machine(site)))
    (directory / "cache").mkdir()
    command = [str(find_nginx()), "-e", str(directory / "error.log"), "-c", str(configuration), "-g", "daemon off;"]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(command)
    try:
        yield ssl.create_default_context(cafile=str(authority))
    finally:
        process.terminate()
        process.wait(20)


def _main(directory: Path, site: str) -> str:
    places = "".join(
        f"{kind}_temp_path {directory / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    return (
        f"{user}pid {directory / 'nginx.pid'};\nevents {{}}\n"
        f"http {{\ninclude /etc/nginx/mime.types;\naccess_log {directory / 'access.log'};\n{places}{site}\n}}\n"
    )


def _for_this_machine(site: str) -> str:
    """nginx before 1.25.1, which Debian 12 has, says HTTP/2 in another place; and not every machine has IPv6."""
    if not _has_ipv6():
        site = "".join(line for line in site.splitlines(keepends=True) if "[::]" not in line)
    said = subprocess.run([str(find_nginx()), "-v"], capture_output=True, text=True, check=True).stderr
    version = tuple(int(part) for part in said.partition("/")[2].split()[0].split("."))
    return site if version >= (1, 25, 1) else site.replace("    http2 on;\n", "").replace(" ssl;", " ssl http2;")


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _certificate(tls: Path) -> Path:
    """A certificate for HOST, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain = tls / "fullchain.pem"
    chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tls / "privkey.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return chain
