import { describe, test } from 'vitest'
import type { AdapterCase, MakeAdapterApp } from './adapter-case.ts'
import { acceptCases } from './adapter-cases-accept.ts'
import { bodyCases } from './adapter-cases-body.ts'
import { connectionCases } from './adapter-cases-connection.ts'
import { framingCases } from './adapter-cases-framing.ts'
import { loadCases } from './adapter-cases-load.ts'
import { mangledCases } from './adapter-cases-mangled.ts'
import { neighbourCases } from './adapter-cases-neighbours.ts'
import { refuseCases } from './adapter-cases-refuse.ts'
import { runAdapterCase } from './adapter-fixture.ts'

/** Everything that an adapter has to do, as data: so that it can also be shown to fail. */
export const adapterCases: readonly AdapterCase[] = [
  ...acceptCases,
  ...bodyCases,
  ...refuseCases,
  ...neighbourCases,
  ...framingCases,
  ...connectionCases,
  ...mangledCases,
  ...loadCases,
]

/** Holds an adapter to what core asks of it, over real servers and sockets. */
export function adapterContract(name: string, makeApp: MakeAdapterApp): void {
  describe(`adapter contract: ${name}`, () => {
    for (const adapterCase of adapterCases) test(adapterCase.name, () => runAdapterCase(adapterCase, makeApp))
  })
}
