/** The bodies that the providers' pages show. */

/** PRESS, payload reference: an envelope of groups and records. */
export const pressEnvelope: Record<string, unknown> & { id: string } = {
  specversion: '1.0',
  id: '01JW4KR9TBMZ38EYN8N9THKKBC',
  source: 'icp/press-event-pipeline',
  time: '2026-03-30T12:45:00.000Z',
  total_records: 1,
  data: [
    {
      type: 'ae.uaekyc.icp.immigration_entry.v1',
      records: [{ event_id: 'evt-imm-entry-999', uaekyc_id: 34890890, event_ts: '2026-03-30T12:40:00.000Z' }],
    },
  ],
}

/** UIP, webhooks page, "Webhook Events". */
export const uipIdentify = {
  event: 'identify',
  data: {
    uip_id: 'user_abc123def456',
    audit_id: 'audit_9z8y7x6w5v4u',
    session_id: 'sess_1a2b3c4d5e6f',
    name: 'John Doe',
    date_of_birth: '1990-05-15',
    country_of_origin: 'US',
  },
}
export const uipSign = {
  event: 'sign',
  data: { uip_id: 'user_abc123def456', session_id: 'sess_1a2b3c4d5e6f', audit_id: 'audit_9z8y7x6w5v4u' },
}
export const uipMessage = {
  event: 'message',
  data: {
    signing_uip_id: 'user_abc123def456',
    message_id: 'msg_xyz789abc123',
    audit_id: 'audit_9z8y7x6w5v4u',
  },
}
export const uipTest = { event: 'test', data: { pong: 'Pong' } }

/** UIP, session API. */
export const uipStep = {
  event: 'step.completed',
  data: { session_id: 'sess_abc123', stage: 0, primitive: 'identify', audit_id: 'audit_9z8y7x6w5v4u' },
}

/** ADVANCE.AI, webhook page, "Event Format". */
export const aaiCompleted = {
  eventId: '6b0f4a3e-3f5e-4b61-9d51-0f6a2a1f1b11',
  eventType: 'COMPLETED',
  webhookId: 'wh_xxx',
  data: { signatureId: '1234567890' },
}
export const aaiBusiness = {
  eventId: '6b0f4a3e-3f5e-4b61-9d51-0f6a2a1f1b12',
  eventType: 'BUSINESS_VERIFICATION_STATUS',
  data: {
    id: 'KYBC-201464826803499999',
    status: 'COMPLETED',
    checkItem: 'Basic Business Verification',
    updatedAt: 1769405823,
  },
}
/** As text: as a literal its ids would be changed before they are sent. */
export const aaiAml =
  '{"eventId":"6b0f4a3e-3f5e-4b61-9d51-0f6a2a1f1b13","eventType":"AML_OGS_UPDATE","data":{"profileId":"PF_R5BoIxxxxxxxxxxQnnNVqi","caseId":1998600000000026050,"alertId":2001680000000082882,"numberOfNewResults":0,"numberOfUpdatedResults":1}}'
export const aaiIdvEmail = {
  eventId: '6b0f4a3e-3f5e-4b61-9d51-0f6a2a1f1b14',
  eventType: 'KYB_IDV_EMAIL',
  data: {
    email: 'resident@example.com',
    directUrl: 'https://idv.example/open/8h2k',
    expireHour: 24,
    emailType: 'REQUEST_IDV',
  },
}
export const aaiQnreEmail = {
  eventId: '6b0f4a3e-3f5e-4b61-9d51-0f6a2a1f1b15',
  eventType: 'KYB_QNRE_EMAIL',
  data: {
    email: 'resident@example.com',
    otpCode: '804613',
    url: 'https://qnre.example/form/91',
    emailType: 'OTP_VERIFICATION',
  },
}
