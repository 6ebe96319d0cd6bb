/** What can be wrong with a SOPS file. Each names the file; nothing was written. */

import { ProvisioningError } from "@provisioning/model";

/** The text is not of the format that the file's ending says. */
export class SopsSyntaxError extends ProvisioningError {
  constructor(file: string, problem: string, options?: ErrorOptions) {
    super(
      {
        code: "SOPS_SYNTAX",
        message: `${file} cannot be read: ${problem}.`,
        hint: "Correct the text; of an encrypted file, take it from the version control again.",
        details: { file },
      },
      options,
    );
  }
}

/** There is no section of SOPS in it. */
export class SopsNotEncryptedError extends ProvisioningError {
  constructor(file: string) {
    super({
      code: "SOPS_NOT_ENCRYPTED",
      message: `${file} is not encrypted with SOPS.`,
      hint: `Encrypt it: provisioning sops ${file} --encrypt`,
      details: { file },
    });
  }
}

/** Its own section is damaged. */
export class SopsMetadataError extends ProvisioningError {
  constructor(file: string, problem: string) {
    super({
      code: "SOPS_METADATA_INVALID",
      message: `The sops section of ${file} is damaged: ${problem}.`,
      hint: "Take the file from the version control again; nobody edits that section by hand.",
      details: { file },
    });
  }
}

/** It asks for something of SOPS that is not here. */
export class SopsUnsupportedError extends ProvisioningError {
  constructor(file: string, feature: string, hint: string) {
    super({ code: "SOPS_UNSUPPORTED", message: `${file} uses ${feature}, which is not supported.`, hint, details: { file } });
  }
}

/** None of the identities at hand opens it. */
export class SopsKeyMissingError extends ProvisioningError {
  constructor(file: string, recipients: readonly string[], looked: readonly string[]) {
    super({
      code: "SOPS_KEY_MISSING",
      message: `${file} is encrypted for ${recipients.join(", ")}, and no key for that is in ${looked.join(", ") || "any place"}.`,
      hint: "Put the identity of one of them where keys are looked for, or ask one of them to add you: --add-recipient.",
      details: { file, recipients, looked },
    });
  }
}

/** A value is not what was encrypted at its place: changed, cut or moved from elsewhere. */
export class SopsValueError extends ProvisioningError {
  constructor(file: string, key: string, problem: string) {
    super({
      code: "SOPS_VALUE_DAMAGED",
      message: `${key} in ${file} ${problem}.`,
      hint: "Take the file from the version control again. Values cannot be moved or copied between keys by hand.",
      details: { file, key },
    });
  }
}

/** All values are genuine, yet not all are there, or not in their order, or one in the clear was changed. */
export class SopsMacError extends ProvisioningError {
  constructor(file: string) {
    super({
      code: "SOPS_MAC_MISMATCH",
      message: `${file} was changed after it was encrypted: a value was added, removed, moved or edited in the clear.`,
      hint: `Look at what changed in the version control and take the file back; edit it with: provisioning sops ${file}`,
      details: { file },
    });
  }
}

/** A key file, or a variable with a key, cannot be used. */
export class SopsIdentityError extends ProvisioningError {
  constructor(place: string, problem: string, options?: ErrorOptions) {
    super(
      {
        code: "SOPS_IDENTITY_INVALID",
        message: `The age key in ${place} cannot be used: ${problem}.`,
        hint: "It holds lines that begin with AGE-SECRET-KEY-1, as age-keygen writes them.",
        details: { place },
      },
      options,
    );
  }
}

/** Nobody, or somebody who cannot be addressed, is to read the file. */
export class SopsRecipientError extends ProvisioningError {
  constructor(message: string, hint = "Name one that begins with age1, as age-keygen -y prints it.") {
    super({ code: "SOPS_RECIPIENT_INVALID", message, hint });
  }
}
