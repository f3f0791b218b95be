/** Imports point one way: core <- contracts <- policies <- workflows | activities <- cli | worker. */
const layer = (name, from, to, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: to },
});

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-imports-nothing',
      comment: 'core/ runs inside the workflow sandbox and decides from its arguments alone',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { pathNot: '^src/core/' },
    },
    {
      name: 'contracts-import-core',
      severity: 'error',
      from: { path: '^src/contracts/' },
      to: { path: '^src/', pathNot: '^src/(contracts|core)/' },
    },
    {
      name: 'policies-import-contracts-and-core',
      severity: 'error',
      from: { path: '^src/policies/' },
      to: { path: '^src/', pathNot: '^src/(policies|contracts|core)/' },
    },
    {
      name: 'workflows-import-activities-as-types-only',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: {
        path: '^src/(activities/|cli/|embedded/|worker\\.ts|config\\.ts|clients\\.ts)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'workflows-load-no-schemas',
      comment: 'zod makes every workflow start slower and the bundle twice as large',
      severity: 'error',
      from: { path: '^src/workflows/' },
      to: { path: '(schema\\.ts$|node_modules/zod)', dependencyTypesNot: ['type-only'] },
    },
    layer('activities-know-no-workflows', '^src/activities/', '^src/(workflows/|cli/|embedded/|worker\\.ts)'),
    layer('embedded-stands-alone', '^src/embedded/', '^src/(workflows/|activities/|cli/|policies/|worker\\.ts)'),
    layer(
      'gateway-holds-no-credentials',
      '^src/gateway/',
      '^src/(activities/|workflows/|cli/|embedded/|sign-in/|worker\\.ts|clients\\.ts|config\\.ts)',
    ),
    layer('sign-in-knows-no-chores', '^src/sign-in/', '^src/(activities/|workflows/|cli/|worker\\.ts|clients\\.ts)'),
    layer('src-never-imports-sandbox', '^src/', '^(sandbox|demo|bench|test|examples)/'),
    layer('sandbox-stands-alone', '^sandbox/', '^(demo|bench|test|examples)/'),
    layer('examples-know-no-stand-ins', '^examples/', '^(sandbox|demo|bench|test)/'),
    {
      name: 'not-to-dev-dependencies',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: 'specify',
  },
};
