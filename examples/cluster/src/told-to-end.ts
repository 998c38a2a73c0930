/** Resolves when the process is told to end. `on` and not `once`: a process manager may signal the process and its group. */
export function toldToEnd(): Promise<string> {
  const told = Promise.withResolvers<string>()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, told.resolve)
  return told.promise
}
