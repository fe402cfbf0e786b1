namespace NodeMesh.Cli.Offline;

/// <summary>Exit codes of the commands that look at files.</summary>
internal static class OfflineExit
{
    /// <summary>Nothing that counts was found.</summary>
    public const int Accepted = 0;

    /// <summary>A resource is refused, or a finding counts.</summary>
    public const int Refused = 1;

    /// <summary>The command was used wrongly, or a file cannot be read.</summary>
    public const int Usage = 2;
}
