// As if the optional packages were not installed.
const ABSENT = /^@opentelemetry\/|^@nestjs\/terminus/;

export async function resolve(specifier, context, next) {
  if (ABSENT.test(specifier)) throw new Error(`Cannot find package '${specifier}'`);
  return next(specifier, context);
}
