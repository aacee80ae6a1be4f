// The floors of ARCHITECTURE.md as a whitelist: an import that no rule allows is an error.
const floor = (from, to) => ({ from: { path: `^src/${from}/` }, to: { path: to } });
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  allowedSeverity: 'error',
  allowed: [
    floor('model', '^src/model/'),
    floor('model', '^node_modules/zod/'),
    floor('core', '^src/(core|model)/'),
    floor('drivers', '^src/(drivers|core|model)/'),
    floor('store', '^src/(store|core|model)/'),
    floor('sync', '^src/(sync|core|model)/'),
    floor('simulator', '^src/(simulator|core|model)/'),
    ...['drivers', 'store', 'sync', 'simulator', 'station', 'cli'].map((room) => ({
      from: { path: `^src/${room}/` },
      to: { dependencyTypes: ['core', 'npm'] },
    })),
    floor('station', '^src/(station|drivers|store|sync|simulator|core|model)/'),
    floor('cli', '^src/(cli|station|drivers|store|sync|simulator|core|model)/'),
    { from: { path: '^(tests|tools)/' }, to: {} },
    { from: { path: '^[^/]+\\.(c|m)?[jt]s$' }, to: {} },
  ],
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    { name: 'not-resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'core-rooms-apart',
      comment: 'rooms of the core meet only through the model and ports.ts',
      severity: 'error',
      from: { path: '^src/core/(checks|fuelling|matching|loyalty|members|tanks|wetstock)/' },
      to: {
        path: '^src/core/(checks|fuelling|matching|loyalty|members|tanks|wetstock)/',
        pathNot: '^src/core/$1/',
      },
    },
    {
      name: 'no-cli-from-below',
      severity: 'error',
      from: { path: '^src/(model|core|drivers|store|sync|simulator|station)/' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'no-dev-dependencies-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
