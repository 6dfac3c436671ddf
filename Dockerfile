# The product without the embedded servers: web, stream, workers and beat from one image (docker-compose.yml, deploy/kubernetes).
# Nothing in it is root's to run or anybody's to change; packages are those of requirements.lock, by hash.
FROM python:3.11.14-slim-bookworm AS build
# hadolint ignore=DL3013
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv && VIRTUAL_ENV=/venv uv pip sync --require-hashes --compile-bytecode requirements.lock
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=msmebazaar.settings.production
COPY manage.py ./
COPY msmebazaar msmebazaar
COPY accounts accounts
COPY msme msme
COPY valuation valuation
COPY matching matching
COPY whatsapp whatsapp
COPY adminpanel adminpanel
# Nothing can be written where it runs: not compiled here, each process would compile our modules anew.
# Static files need no secret and no service; the values live in this layer of this stage only.
RUN python -m compileall -q -j 0 --invalidation-mode unchecked-hash . && \
    DATABASE_URL=postgres://unused/unused REDIS_URL=redis://unused PUBLIC_BASE_URL=https://unused \
    SECRET_KEY=unused JWT_SIGNING_KEY=unused OTP_PEPPER=unused BLIND_INDEX_KEY=unused \
    FIELD_ENCRYPTION_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    python manage.py collectstatic --no-input

FROM python:3.11.14-slim-bookworm
ARG RELEASE=dev
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin bazaar
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 RELEASE=$RELEASE \
    DJANGO_SETTINGS_MODULE=msmebazaar.settings.production PROMETHEUS_MULTIPROC_DIR=/tmp/metrics
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--no-ws", "--backlog", "2048", "--workers-kill-timeout", "20", "msmebazaar.wsgi:application"]
