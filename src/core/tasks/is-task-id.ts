/**
 * Whether a text may be the id of a task in Todoist. Ids come from marks in To Do, where anybody may write: what is none must not become
 * another path of a request (A4), nor travel in reports (A1).
 */
export const isTaskId = (text: string): boolean => /^[\w-]{1,64}$/.test(text);
