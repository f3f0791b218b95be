import type { WorkflowExecutionDescription } from '@temporalio/client';

/** What the activities of a run that are under way have said last, as far as it is JSON; without decoding what a codec has encoded. */
export function heartbeatsOf({ raw }: WorkflowExecutionDescription): readonly unknown[] {
  return (raw.pendingActivities ?? []).flatMap(({ heartbeatDetails }) => {
    const bytes = heartbeatDetails?.payloads?.[0]?.data;
    // Without details the bytes are an empty array of another kind.
    return ArrayBuffer.isView(bytes) ? parsed(new TextDecoder().decode(bytes)) : [];
  });
}

function parsed(text: string): readonly unknown[] {
  try {
    return [JSON.parse(text) as unknown];
  } catch {
    return []; // encoded, or nothing yet
  }
}
