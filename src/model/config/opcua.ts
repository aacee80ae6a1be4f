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

export const opcuaServerSchema = z
  .strictObject({
    id: nameSchema,
    endpoint: z
      .string()
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
  })
  .describe('an OPC UA server that is read; its certificate is trusted by `forecourt opcua trust`');
export type OpcuaServerConfig = z.infer<typeof opcuaServerSchema>;

export const opcuaExportSchema = z
  .strictObject({
    host: host.default('127.0.0.1').describe('address to listen on'),
    port: port.default(4840),
    ...security,
    users: z
      .array(z.strictObject({ user: z.string().min(1), password: secret }))
      .default([])
      .describe('who may connect; none: only clients with a trusted certificate, anonymously'),
  })
  .describe("the station's own OPC UA server for an on-site SCADA, read-only; left out: there is none");
export type OpcuaExportConfig = z.infer<typeof opcuaExportSchema>;
