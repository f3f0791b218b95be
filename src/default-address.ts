/** Where Temporal is taken to be when nothing says where it is, as `host:port`. */
export const DEFAULT_ADDRESS = 'localhost:7233';
