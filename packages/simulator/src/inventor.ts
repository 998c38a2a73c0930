import { type SeededRandom, seededRandom } from './seeded-random.ts'

/** Where invented data comes from. */
export interface EventSeed {
  /** A whole number. The same seed gives the same data, ids included, byte for byte. @default 1 */
  seed?: number
  /** Where the clock of the invented world starts; it moves on with each draft. @default '2026-03-30T12:40:00.000Z' */
  startsAt?: string | number | Date
}

/** A person who does not exist. */
export interface Person {
  readonly uaekycId: number
  readonly latinName: string
  readonly arabicName: string
  /** `YYYY-MM-DD`. */
  readonly dateOfBirth: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
  readonly email: string
}

/** Makes up what events are about. */
export interface Inventor extends SeededRandom {
  /** One of a hundred people, so that the same person comes up again. */
  person(): Person
  /** A time after all those before, in milliseconds since the Unix epoch. */
  time(): number
}

/** With blanks, hyphens, apostrophes, a diaeresis, vowel signs and letters beyond those of Arabic: what real names have. */
const GIVEN_NAMES = [
  ['Fatima', 'فاطمة'],
  ['Mohammed', 'محمد'],
  ['Aisha', 'عائشة'],
  ['Khalid', 'خالد'],
  ['Noora', 'نورة'],
  ['Omar', 'عمر'],
  ['Layla', 'ليلى'],
  ['Yousef', 'يوسف'],
  ['Mariam', 'مريم'],
  ['Hassan', 'حسن'],
  ['Abd al-Rahman', 'عبد الرحمن'],
  ['Zoë', 'زُوي'],
] as const
const FAMILY_NAMES = [
  ['Al Mansoori', 'المنصوري'],
  ['Al Nuaimi', 'النعيمي'],
  ['Haddad', 'حداد'],
  ['Al Shamsi', 'الشامسي'],
  ['Khoury', 'خوري'],
  ['Al Suwaidi', 'السويدي'],
  ['Saleh', 'صالح'],
  ['Al Zaabi', 'الزعابي'],
  ['Nasser', 'ناصر'],
  ['Qureshi', 'قریشی'],
  ["D'Souza", 'دي سوزا'],
  ['Bin Rashid Al Maktoum', 'بن راشد آل مكتوم'],
] as const
const COUNTRIES = ['AE', 'EG', 'IN', 'JO', 'LB', 'MA', 'PK', 'SA'] as const

export function inventor({ seed = 1, startsAt = '2026-03-30T12:40:00.000Z' }: EventSeed): Inventor {
  const random = seededRandom(seed)
  const people = Array.from({ length: 100 }, () => inventPerson(random))
  let clock = new Date(startsAt).getTime()
  if (Number.isNaN(clock)) throw new RangeError('startsAt: not a time')
  return {
    ...random,
    person: () => people[random.int(0, people.length - 1)] ?? inventPerson(random),
    time() {
      clock += random.int(1, 60_000)
      return clock
    },
  }
}

function inventPerson(random: SeededRandom): Person {
  const [given, givenArabic] = random.pick(GIVEN_NAMES)
  const [family, familyArabic] = random.pick(FAMILY_NAMES)
  const born = new Date(Date.UTC(random.int(1950, 2004), random.int(0, 11), random.int(1, 28)))
  return {
    uaekycId: random.int(10_000_000, 99_999_999),
    latinName: `${given} ${family}`,
    arabicName: `${givenArabic} ${familyArabic}`,
    dateOfBirth: born.toISOString().slice(0, 10),
    country: random.pick(COUNTRIES),
    email: `${mailbox(given)}.${mailbox(family)}@example.com`,
  }
}

/** A name as an address has it: letters from a to z. */
function mailbox(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z]/g, '')
}
