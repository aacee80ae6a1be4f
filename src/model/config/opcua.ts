/** OPC UA in a station's file: servers that are read, and the one that the station may be. */
import { z } from 'zod';
import { nameSchema } from '../ids.ts';
import { host, path, port, secret } from './common.ts';

export const securityPolicies = ['Basic256Sha256', 'Aes256Sha256RsaPss', 'None'] as const;
export const messageModes = ['SignAndEncrypt', 'Sign', 'None'] as const;

const security = {
  policy: z.enum(securityPolicies).default('Basic256Sha256'),
  mode: z.enum(messageModes).default('SignAndEncrypt'),
};

const serverShape = z.strictObject({
  id: nameSchema,
  endpoint: z
    .string()
    .max(500)
    .regex(/^opc\.tcp:\/\/[^\s]+$/, 'an address such as opc.tcp://192.0.2.7:4840')
    .describe('opc.tcp://host:port/path'),
  profile: nameSchema.describe('a profile of kind opcua'),
  ...security,
  identity: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('anonymous') }),
      z.strictObject({ kind: z.literal('user'), user: z.string().min(1), password: secret }),
      z.strictObject({ kind: z.literal('certificate'), certificate: path, key: path }),
    ])
    .default({ kind: 'anonymous' }),
  subscribe: z.boolean().default(true).describe('false: values are polled only'),
  publishingMs: z
    .int()
    .min(50)
    .max(60_000)
    .default(1_000)
    .describe('how often the server tells changes, and how often it looks for them'),
  silentS: z
    .number()
    .min(1)
    .max(600)
    .default(15)
    .describe(
      'a subscription that tells nothing for so long is not believed: values are polled, and it is made anew',
    ),
  pollS: z
    .number()
    .min(0.1)
    .max(3600)
    .default(10)
    .describe('all tanks are read again after so long, also beside a subscription'),
  timeoutMs: z.int().min(200).max(60_000).default(5_000).describe('of one request'),
  connectS: z.number().min(1).max(300).default(30).describe('from the first packet to the first values'),
});

export const opcuaServerSchema = serverShape
  .superRefine((server, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if ((server.policy === 'None') !== (server.mode === 'None'))
      refuse(['mode'], 'policy None goes with mode None, and every other policy with another mode');
    if (server.policy === 'None' && server.identity.kind !== 'anonymous')
      refuse(['identity'], 'without security an identity could be read by everybody: choose a policy');
  })
  .describe('an OPC UA server that is read; its certificate is trusted by `forecourt opcua trust`');
export type OpcuaServerConfig = z.infer<typeof opcuaServerSchema>;

export const opcuaExportSchema = z
  .strictObject({
    host: host.default('127.0.0.1').describe('address to listen on'),
    port: port.default(4840),
    policy: z.enum(['Basic256Sha256', 'Aes256Sha256RsaPss']).default('Basic256Sha256'),
    mode: z.enum(['SignAndEncrypt', 'Sign']).default('SignAndEncrypt'),
    users: z
      .array(z.strictObject({ user: z.string().min(1), password: secret }))
      .max(100)
      .default([])
      .describe('who may connect; none: only clients with a trusted certificate, anonymously'),
    names: z
      .array(z.string().min(1).max(253))
      .max(16)
      .default([])
      .describe('further host names and addresses that its certificate is to name'),
    maxSessions: z.int().min(1).max(100).default(10),
  })
  .describe("the station's own OPC UA server for an on-site SCADA, read-only; left out: there is none");
export type OpcuaExportConfig = z.infer<typeof opcuaExportSchema>;
