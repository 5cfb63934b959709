# One image for every role: `docker run shopcast web`, `rooms`, `media`, `worker`, `migrate`, …

FROM node:22-bookworm-slim AS frontend
WORKDIR /shopcast/frontend
COPY frontend/package.json frontend/package-lock.json ./
COPY frontend/packages ./packages
COPY frontend/apps ./apps
RUN npm ci --no-fund --no-audit
COPY frontend ./
COPY src/shopcast/web ../src/shopcast/web
RUN npm run --silent build

FROM python:3.12-slim-bookworm AS packages
WORKDIR /shopcast
RUN python -m venv /opt/shopcast
ENV PATH=/opt/shopcast/bin:$PATH
# Every version and every file's digest is locked. The lock holds all extras; PyAV among them carries GPL codecs.
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
COPY --from=frontend /shopcast/src/shopcast/web/static ./src/shopcast/web/static
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin shopcast \
    && mkdir -p /data/blobs /data/mail /data/media-nodes /data/test_provider \
    && chown -R shopcast:shopcast /data
COPY --from=packages /opt/shopcast /opt/shopcast
ENV PATH=/opt/shopcast/bin:$PATH PYTHONUNBUFFERED=1 SHOPCAST_DATA_DIR=/data SHOPCAST_HOST=0.0.0.0
USER shopcast
WORKDIR /data
# SIGTERM drains; see docs/operate/cluster.md.
STOPSIGNAL SIGTERM
ENTRYPOINT ["shopcast"]
CMD ["--help"]
