/** The token service gave no credentials of a role: nothing was sent to Route 53. */
export class RoleNotAssumed extends Error {
  readonly role: string;
  constructor(role: string, cause: unknown) {
    super(`the role ${role} cannot be assumed`, { cause });
    this.name = 'RoleNotAssumed';
    this.role = role;
  }
}
