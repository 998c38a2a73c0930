/** Where code is from, in a word or two: a package, a module of Node.js, or a file of the bench. */
export function place(url: string): string {
  if (url === '') return 'V8 and native code'
  if (url.startsWith('node:')) return url
  const inPackages = /\/packages\/([\w-]+)\/(?:src|dist)\/(.+)$/.exec(url)
  if (inPackages) return `ours: ${inPackages[1]}/${inPackages[2]}`
  const module = url.split('/node_modules/').at(-1)
  if (module !== url && module !== undefined)
    return module
      .split('/')
      .slice(0, module.startsWith('@') ? 2 : 1)
      .join('/')
  return `bench: ${url.split('/').at(-1)}`
}
