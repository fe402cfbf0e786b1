namespace NodeMesh.Resources.Translation;

/// <summary>Whether plaintext peers are accepted.</summary>
internal enum MutualTlsMode
{
    /// <summary>As the next wider scope says.</summary>
    Unset,

    /// <summary>The workload is reached in plaintext.</summary>
    Disable,

    /// <summary>Plaintext and mutual TLS.</summary>
    Permissive,

    /// <summary>Mutual TLS only.</summary>
    Strict,
}
