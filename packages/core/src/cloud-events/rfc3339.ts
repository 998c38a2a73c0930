const DATE_TIME =
  /^(\d{4})-(0[1-9]|1[0-2])-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.\d+)?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/i

/**
 * Whether the text is a date-time of RFC 3339 section 5.6: a day that exists, seconds and an offset. A second 60 is
 * accepted where leap seconds are, at 23:59 UTC.
 */
export function isRfc3339(text: string): boolean {
  const match = DATE_TIME.exec(text)
  if (match === null) return false
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  if (day < 1 || day > daysIn(year, month)) return false
  if (second < 60) return true
  const [sign, offsetHour, offsetMinute] = match.slice(7)
  const offset = Number(`${sign ?? '+'}1`) * (Number(offsetHour ?? 0) * 60 + Number(offsetMinute ?? 0))
  return (hour * 60 + minute - offset + 1) % (24 * 60) === 0
}

function daysIn(year: number, month: number): number {
  // The calendar repeats every 400 years, and `Date.UTC` takes the years below 100 for those of the 20th century.
  return new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()
}
