-- What the application asks for when it connects and cannot through a pooler in transaction mode: it belongs to the role.
-- `manage.py check --database default` (and so `migrate`) refuses a role without it.
ALTER ROLE bazaar SET statement_timeout = '15s';
ALTER ROLE bazaar SET idle_in_transaction_session_timeout = '60s';
