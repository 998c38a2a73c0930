/** What a run is made with. */
export interface Settings {
  /** How often each rival is measured, in turns. */
  rounds: number
  /** Seconds of a measurement. */
  seconds: number
  /** Seconds before that, which do not count. */
  warmup: number
  /** Where servers keep their files: on the disk that is to be measured. */
  folder: string
  /** Deliveries a second that no receiver accepts here: so many are signed beforehand. When they are used up, a measurement ends early. */
  mostPerSecond: number
  /** Over how many deliveries RSS is watched. */
  deliveries: number
  /** Everything small: to see that it runs. */
  quick: boolean
}
