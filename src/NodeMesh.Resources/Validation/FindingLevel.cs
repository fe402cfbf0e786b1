namespace NodeMesh.Resources.Validation;

/// <summary>How bad a finding is.</summary>
public enum FindingLevel
{
    /// <summary>Worth knowing.</summary>
    Info,

    /// <summary>The resource is accepted, but part of it has no effect or not the one that its author may expect.</summary>
    Warning,

    /// <summary>The resource is refused.</summary>
    Error,
}
