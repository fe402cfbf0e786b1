namespace NodeMesh.Identity;

/// <summary>Why a certificate was not signed, or a signed one not taken.</summary>
public enum CertificateSigningReason
{
    /// <summary>The request cannot be read as PKCS #10 in PEM.</summary>
    MalformedRequest = 0,

    /// <summary>The request's signature was not made with the key that it carries.</summary>
    BadSignature = 1,

    /// <summary>The key is not ECDSA on P-256 or P-384.</summary>
    UnsupportedKey = 2,

    /// <summary>The lifetime or a name asked for cannot be certified.</summary>
    InvalidArgument = 3,

    /// <summary>The CA refused the caller or the identity.</summary>
    Refused = 4,

    /// <summary>The CA could not be reached or failed.</summary>
    Unavailable = 5,

    /// <summary>The CA's answer is not a certificate for the key and the names asked for.</summary>
    BadAnswer = 6,
}
