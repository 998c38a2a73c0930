/** What must not be seen in text that somebody sends back. */
export interface Hidden {
  readonly secret: string
  /** Their queries may be tokens. */
  readonly urls: readonly URL[]
}

export interface Concealer {
  /** The text without any of it. */
  conceal(text: string): string
  /** From now on the signature and the nonce of these headers are not seen either. */
  add(headers: Readonly<Record<string, string>>): void
}

/** What is shorter is found in any text. */
const LEAST_CHARACTERS = 4
/** SHA-256 and SHA-512 in hex and in Base64: receivers that tell what they expected tell a genuine signature. */
const DIGEST =
  /(?<![\da-z])[\da-f]{64}(?:[\da-f]{64})?(?![\da-z])|(?<![\w+/])(?:[\w+/-]{43}=|[\w+/-]{86}==)/gi

/** Replaces secrets, signatures, nonces and queries in the forms in which programs write them. */
export function concealer({ secret, urls }: Hidden): Concealer {
  const secrets = patternOf(secretForms(secret))
  const queries = patternOf(urls.flatMap(queryForms))
  const proofs = new Set<string>()
  return {
    add(headers) {
      for (const [name, value] of Object.entries(headers)) {
        if (!/signature|nonce/i.test(name)) continue
        for (const form of [value, value.replace(/^sha\d+=/, '')]) if (form.length > 7) proofs.add(form)
      }
    },
    conceal(text) {
      let rest = text.replaceAll(secrets, '[the secret]')
      if (proofs.size > 0) rest = rest.replaceAll(patternOf([...proofs]), '[a signature or nonce]')
      return rest.replaceAll(queries, '[the query]').replaceAll(DIGEST, '[a signature or nonce]')
    },
  }
}

/** Whole, without its prefix, and both as Base64 and decoded from it. */
function secretForms(secret: string): string[] {
  return [secret, secret.replace(/^(uip_)?whsec_/, '')].flatMap((form) => {
    const decoded = Buffer.from(form, 'base64')
    const texts = (['utf8', 'latin1', 'hex'] as const).map((encoding) => decoded.toString(encoding))
    return [form, Buffer.from(form).toString('base64'), Buffer.from(form).toString('hex'), ...texts]
  })
}

function queryForms({ search, searchParams }: URL): string[] {
  const query = search.slice(1)
  return [
    query,
    query.replaceAll('+', ' ').replaceAll(/(?:%[\da-f]{2})+/gi, decoded),
    ...searchParams.values(),
  ]
}

function decoded(escapes: string): string {
  return Buffer.from(escapes.replaceAll('%', ''), 'hex').toString()
}

/** Any of these, as it stands, in a URL, in JSON or in HTML. Matches nothing when there is none. */
function patternOf(texts: readonly string[]): RegExp {
  const forms = texts.flatMap((text) => [
    text,
    encodeURIComponent(text.toWellFormed()),
    new URLSearchParams({ '': text }).toString().slice(1),
    JSON.stringify(text).slice(1, -1),
    JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
  ])
  const long = [...new Set(forms)].filter(({ length }) => length >= LEAST_CHARACTERS)
  const longestFirst = long.toSorted((a, b) => b.length - a.length)
  const source = longestFirst.map((form) => form.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|')
  return new RegExp(source === '' ? '(?!)' : source, 'gi')
}
