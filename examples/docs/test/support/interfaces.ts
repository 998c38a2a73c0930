import { read } from './documents.ts'

/** Names of the fields of an interface in a source file, with the text of their `@default`. */
export function fieldsOf(path: string, name: string): ReadonlyMap<string, string | undefined> {
  const body = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n(.*?)^\\}`, 'ms').exec(read(path))?.[1]
  if (body === undefined) throw new Error(`${path} has no interface ${name}`)
  const fields = body.matchAll(/^ {2}\/\*\*(.*?)\*\/\n {2}(\w+)\??:/gms)
  return new Map([...fields].map(([, comment = '', field = '']) => [field, defaultOf(comment)]))
}

function defaultOf(comment: string): string | undefined {
  return /@default (.*?)\s*$/ms.exec(comment.replaceAll(/^ *\* ?/gm, ''))?.[1]
}
