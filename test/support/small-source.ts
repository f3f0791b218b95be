/**
 * `tsconfig.json` of the small sources that tests build. The types of browsers and the check of the language's own types take two thirds of
 * such a build, and say nothing about the source.
 */
export const SMALL_TSCONFIG = JSON.stringify({
  compilerOptions: {
    ...{ target: 'es2022', lib: ['es2022'], module: 'nodenext', skipLibCheck: true },
    ...{ strict: true, noEmit: true, types: [] },
  },
  include: ['src'],
});
