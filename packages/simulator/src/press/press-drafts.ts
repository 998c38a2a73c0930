import { type DraftSource, draftSource, type Recipes } from '../draft-source.ts'
import { type EventSeed, type Inventor, inventor } from '../inventor.ts'
import type { JsonObject } from '../json.ts'
import { pressEvents } from './press-events.ts'
import { PRESS_EVENT_NAMES, type PressEventName } from './press-types.ts'

/**
 * PRESS deliveries by the names of the overview page. Variants of each:
 *
 * - `envelope`: the body of the payload reference, with one record.
 * - `people`: ... with a record for each of two to five people.
 * - `mixed`: ... with three groups of one to four people each, one group being of this type.
 * - `new-fields`: ... with fields that no page documents, among them names in both scripts and an id beyond 2^53: "ICP may
 *   add new optional fields in future versions".
 * - `structured`, `binary`, `batch`: CloudEvents in the three modes of the HTTP binding.
 */
export function pressDrafts(seed: EventSeed = {}): DraftSource {
  const events = pressEvents(seed)
  // Apart from the events' own, so that what variants pick does not change what events tell.
  const invent = inventor(seed)

  function counts(name: PressEventName): Partial<Record<PressEventName, number>> {
    const place = PRESS_EVENT_NAMES.indexOf(name)
    const others = [1, 3].map(
      (further) => PRESS_EVENT_NAMES[(place + further) % PRESS_EVENT_NAMES.length] ?? name,
    )
    return Object.fromEntries([name, ...others].map((each) => [each, invent.int(1, 4)]))
  }
  function variants(name: PressEventName): Recipes[string] {
    return {
      envelope: (fields) => events.envelope({ [name]: 1 }, fields),
      people: (fields) => events.envelope({ [name]: invent.int(2, 5) }, fields),
      mixed: (fields) => events.envelope(counts(name), fields),
      'new-fields': (fields) => events.envelope({ [name]: 1 }, { ...newFields(invent), ...fields }),
      structured: (fields) => events.structured(name, fields),
      binary: (fields) => events.binary(name, fields),
      batch: (fields) => events.batch([name, name, name], fields),
    }
  }
  return draftSource(Object.fromEntries(PRESS_EVENT_NAMES.map((name) => [name, variants(name)])), invent)
}

/** Assumed: no page names such fields. The long id is odd, so that no double holds it. */
function newFields(invent: Inventor): JsonObject {
  const { latinName, arabicName } = invent.person()
  return {
    full_name_en: latinName,
    full_name_ar: arabicName,
    unified_number: BigInt(`2${invent.digits(17)}${invent.pick(['1', '3', '5', '7', '9'])}`),
  }
}
