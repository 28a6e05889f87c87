"""Model calls as MLflow keeps them: OpenTelemetry's spans, with MLflow's names for their parts."""

import json
import secrets
from typing import Any

from promptops.tracking.tracker import TracedCall


def span_of(call: TracedCall, now: int) -> Any:
    """A call as a span of a trace of its own.

    Args:
        call: The call.
        now: When it ended, in milliseconds since 1970.
    """
    from mlflow.entities import Span
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext
    from opentelemetry.trace.status import Status, StatusCode

    trace = secrets.randbits(128) or 1  # no trace has the number 0
    tokens = {
        "input_tokens": call.input_tokens,
        "output_tokens": call.output_tokens,
        "total_tokens": call.input_tokens + call.output_tokens,
    }
    attributes = {
        "mlflow.traceRequestId": f"tr-{trace:032x}",
        "mlflow.spanType": "LLM",
        "mlflow.spanInputs": call.inputs,
        "mlflow.spanOutputs": call.output,
        "mlflow.chat.tokenUsage": tokens,
        **call.attributes,
    }
    ended = now * 1_000_000  # nanoseconds
    return Span(
        ReadableSpan(
            name=call.name,
            context=SpanContext(trace, secrets.randbits(64) or 1, is_remote=False),
            attributes={name: json.dumps(value) for name, value in attributes.items()},
            start_time=ended - round(call.milliseconds * 1_000_000),
            end_time=ended,
            status=Status(StatusCode.OK)
            if call.error is None
            else Status(StatusCode.ERROR, call.error),
        )
    )
