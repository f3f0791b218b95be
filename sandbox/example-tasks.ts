import type { GraphStandIn } from './graph/stand-in.ts';
import type { TodoistStandIn } from './todoist/stand-in.ts';

export interface ExamplePlaces {
  readonly todoist: TodoistStandIn;
  readonly graph: GraphStandIn;
}

/**
 * Some of what real accounts hold: a project that is shared, a recurring task, sub-tasks, times; and in To Do a few tasks of a person's
 * own, one of them like one in Todoist.
 */
export function addExampleTasks({ todoist, graph }: ExamplePlaces): void {
  const { person } = todoist;
  person.add({ content: 'Read the release notes' });
  person.add({ content: 'Water the plants', due: 'every monday', labels: ['home'] });
  person.add({ content: 'Call the dentist', due: { date: inDays(1, 'T09:30:00') }, priority: 4 });
  person.add({ content: 'Renew the passport', due: { date: inDays(20) }, deadline: inDays(30), priority: 3 });
  const trip = person.add({ content: 'Plan the trip', description: 'Lisbon, in **spring**' });
  person.add({ content: 'Book the train', parent: trip, due: { date: inDays(3) } });
  person.add({ content: 'Find a hotel', parent: trip });
  addSharedProject(todoist);
  graph.person.add({ title: 'Buy milk' });
  graph.person.add({ title: 'Read the release notes' }); // --adopt takes it over
  graph.person.complete(graph.person.add({ title: 'Send the invoice' }));
}

/** With Bob: what he is to do stays out of a pair that mirrors what is mine or nobody's. */
function addSharedProject(todoist: TodoistStandIn): void {
  const { person, userId } = todoist;
  const bob = todoist.addUser({ email: 'bob@example.com' });
  const project = person.addProject('Release');
  person.share(project, bob);
  person.add({ content: 'Write the changelog', project, responsible: userId, due: { date: inDays(2) } });
  person.add({ content: 'Tag the release', project });
  person.add({ content: 'Update the mirrors', project, responsible: bob });
}

const DAY_MS = 86_400_000;

const inDays = (days: number, time = ''): string =>
  new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10) + time;
