/** Where a task is seen in Todoist. Ids are opaque. */
export function taskUrl(id: string): string {
  return `https://app.todoist.com/app/task/${encodeURIComponent(id.replace(/\p{Cs}/gu, '\ufffd'))}`;
}
