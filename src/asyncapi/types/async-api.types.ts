/** A JSON Schema, as AsyncAPI 3.0 has it: draft 7 and a little more. `{}` takes anything. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema | readonly JsonSchema[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly [keyword: string]: unknown;
}

/** Points at another part of the document. */
export interface Reference {
  readonly $ref: string;
}

export interface Tag {
  readonly name: string;
  readonly description?: string;
}

export interface AsyncApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description?: string;
  readonly termsOfService?: string;
  readonly contact?: { readonly name?: string; readonly url?: string; readonly email?: string };
  readonly license?: { readonly name: string; readonly url?: string };
  readonly tags?: readonly Tag[];
}

export interface AsyncApiServer {
  readonly host: string;
  readonly protocol: 'ws' | 'wss';
  readonly pathname?: string;
  readonly description?: string;
  readonly variables?: Readonly<Record<string, { default: string; description: string }>>;
  readonly security?: readonly Reference[];
}

export interface AsyncApiMessage {
  readonly name: string;
  readonly title: string;
  readonly summary?: string;
  readonly description?: string;
  readonly contentType: 'application/json';
  readonly correlationId?: { readonly location: string; readonly description: string };
  readonly payload: JsonSchema;
  readonly examples?: readonly { readonly name?: string; readonly payload: object }[];
}

export interface AsyncApiChannel {
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly servers: readonly Reference[];
  readonly messages: Readonly<Record<string, Reference>>;
  readonly bindings: { readonly ws: object };
}

export interface AsyncApiOperation {
  /** Of the server: it receives requests and sends pushes. */
  readonly action: 'receive' | 'send';
  readonly channel: Reference;
  readonly title: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags: readonly Tag[];
  readonly messages: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
  /** Whether it is there for clients that have not authenticated. */
  readonly 'x-skip-auth'?: true;
  /** Whether nobody should begin to use it. */
  readonly 'x-deprecated'?: true;
}

export interface SecurityScheme {
  readonly type: 'symmetricEncryption' | 'asymmetricEncryption' | 'userPassword';
  readonly description: string;
}

/** What `SocketsDocument.create()` makes: plain data, to be changed at will. */
export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly id?: string;
  readonly info: AsyncApiInfo;
  readonly defaultContentType: 'application/json';
  readonly servers: Readonly<Record<string, AsyncApiServer>>;
  readonly channels: { readonly sockets: AsyncApiChannel };
  readonly operations: Readonly<Record<string, AsyncApiOperation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, AsyncApiMessage>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, SecurityScheme>>;
  };
}
