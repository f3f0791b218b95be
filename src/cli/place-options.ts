/** How every verb that asks Temporal is told where it is; read as `PlaceFlags`. */
export const ADDRESS_OPTION = [
  '--address <host:port>',
  'Temporal; default: TEMPORAL_ADDRESS, a running `up`, localhost:7233',
] as const;

export const NAMESPACE_OPTION = ['--namespace <name>', 'Temporal namespace'] as const;
