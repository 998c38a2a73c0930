import { Failure } from './exit.ts'

/** An optional package: whoever has an inbox on Postgres has it, in the version that made the tables. */
export async function postgresPackage(): Promise<typeof import('@kyc-webhooks/postgres')> {
  return import('@kyc-webhooks/postgres').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new Failure('for an inbox on Postgres, install @kyc-webhooks/postgres beside kyc-webhooks')
  })
}
