"""The Celery application. Its settings, and the measurements behind them, are in `settings/base.py`."""

import os

from celery import Celery
from celery.signals import (
    before_task_publish,
    setup_logging,
    task_failure,
    task_postrun,
    task_prerun,
    worker_init,
    worker_process_init,
    worker_ready,
    worker_shutting_down,
)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "msmebazaar.settings.local")

app = Celery("msmebazaar")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["msmebazaar.core.outbox"])


@setup_logging.connect(weak=False)
def use_our_logging(**_: object) -> None:
    """Celery sets up no logging of its own; Django's has been configured already."""


@before_task_publish.connect(weak=False)
def send_request_id(headers: dict[str, object], **_: object) -> None:
    from msmebazaar.core import context

    headers["request_id"] = context.request_id()


@task_prerun.connect(weak=False)
def bind_request_id(task: object, **_: object) -> None:
    from msmebazaar.core import context

    request = getattr(task, "request", None)
    context.bind_request_id(getattr(request, "request_id", None) or context.new_request_id())


@task_prerun.connect(weak=False)
@task_postrun.connect(weak=False)
def drop_old_connections(**_: object) -> None:
    """As between two requests: a connection is kept while it is young and well, and tried before it is used again."""
    from django.db import close_old_connections

    close_old_connections()


@task_postrun.connect(weak=False)
def clear_request_id(**_: object) -> None:
    from msmebazaar.core import context

    context.clear()


@worker_process_init.connect(weak=False)
def drop_inherited_connections(**_: object) -> None:
    """A forked child must not share its parent's database sockets."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.connection = None


@worker_process_init.connect(weak=False)
def begin_watching(**_: object) -> None:
    from msmebazaar.core import watching

    watching.start("worker")


@task_failure.connect(weak=False)
def report_failure(exception: BaseException | None = None, **_: object) -> None:
    """What a task itself raised; failed deliveries are reported by the outbox when they are given up."""
    from msmebazaar.core import sentry

    sentry.report(exception)


def queues_of_this_worker() -> list[str]:
    return list(app.amqp.queues.consume_from)


@worker_init.connect(weak=False)
def show_metrics(**_: object) -> None:
    from django.conf import settings

    from msmebazaar.core import metrics

    if settings.METRICS_PORT:
        metrics.serve(settings.METRICS_PORT)


@worker_ready.connect(weak=False)
def beat_at_once(**_: object) -> None:
    """A worker counts as alive from its start, not from beat's next round."""
    from msmebazaar.core.outbox.heartbeats import record_heartbeat

    for queue in queues_of_this_worker():
        record_heartbeat(queue)


@worker_shutting_down.connect(weak=False)
def stop_beating(**_: object) -> None:
    """A worker that leaves in order is missed at once."""
    from msmebazaar.core.outbox.heartbeats import forget_heartbeat

    for queue in queues_of_this_worker():
        forget_heartbeat(queue)
