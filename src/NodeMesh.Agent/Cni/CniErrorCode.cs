namespace NodeMesh.Agent.Cni;

/// <summary>Error codes of the CNI specification.</summary>
internal enum CniErrorCode
{
    /// <summary>The environment is wrong.</summary>
    InvalidEnvironment = 4,

    /// <summary>The configuration cannot be read.</summary>
    DecodingFailure = 6,

    /// <summary>The configuration says what cannot be.</summary>
    InvalidConfiguration = 7,

    /// <summary>It may go well later: kubelets try again.</summary>
    TryAgainLater = 11,

    /// <summary>The plugin cannot serve any pod now.</summary>
    NotAvailable = 50,

    /// <summary>CHECK: the pod is not as ADD left it. From 100 on codes are the plugin's own.</summary>
    NotCaptured = 100,
}
