import { type HeapProfiler, Session } from 'node:inspector/promises'
import { place } from './place.ts'

/** Bytes between samples, on average. */
const INTERVAL = 16_384
const SHOWN = 15

/** Samples what the main thread allocates, what was collected since included. */
export class HeapSampler {
  readonly #session = new Session()

  async begin(): Promise<void> {
    this.#session.connect()
    await this.#session.post('HeapProfiler.startSampling', {
      samplingInterval: INTERVAL,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    })
  }

  async end(): Promise<{ where: string; bytes: number }[]> {
    const { profile } = await this.#session.post('HeapProfiler.stopSampling')
    const bytes = new Map<string, number>()
    const add = ({ callFrame, selfSize, children }: HeapProfiler.SamplingHeapProfileNode): void => {
      const where = `${callFrame.functionName || '(anonymous)'} ${place(callFrame.url)}`
      bytes.set(where, (bytes.get(where) ?? 0) + selfSize)
      for (const child of children) add(child)
    }
    add(profile.head)
    const all = [...bytes].map(([where, bytes]) => ({ where, bytes })).sort((a, b) => b.bytes - a.bytes)
    const others = all.slice(SHOWN).reduce((sum, { bytes }) => sum + bytes, 0)
    return [...all.slice(0, SHOWN), { where: 'others', bytes: others }]
  }
}
