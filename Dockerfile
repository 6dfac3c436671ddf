# The product without the embedded servers: web, workers and beat from one image (docker-compose.yml).
FROM python:3.11-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY requirements.lock .
RUN python -m venv /venv && VIRTUAL_ENV=/venv uv pip sync --require-hashes requirements.lock

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app bazaar
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_SETTINGS_MODULE=msmebazaar.settings.production
WORKDIR /app
COPY --from=build /venv /venv
COPY manage.py ./
COPY msmebazaar msmebazaar
COPY accounts accounts
COPY msme msme
COPY valuation valuation
COPY matching matching
COPY whatsapp whatsapp
COPY adminpanel adminpanel
# Static files need no secret and no service; the values live in this layer only.
RUN DATABASE_URL=postgres://unused/unused REDIS_URL=redis://unused PUBLIC_BASE_URL=https://unused \
    SECRET_KEY=unused JWT_SIGNING_KEY=unused OTP_PEPPER=unused BLIND_INDEX_KEY=unused \
    FIELD_ENCRYPTION_KEYS=k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    python manage.py collectstatic --no-input
USER bazaar
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "8", "--no-ws", "--backlog", "2048", "msmebazaar.wsgi:application"]
