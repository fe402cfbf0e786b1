namespace NodeMesh.Resources.Validation;

/// <summary>The codes of findings.</summary>
public static class FindingCodes
{
    /// <summary>The file cannot be read.</summary>
    public const string Unreadable = "Unreadable";

    /// <summary>The text is not YAML or JSON.</summary>
    public const string Malformed = "Malformed";

    /// <summary>apiVersion, kind or a name is missing or impossible.</summary>
    public const string NotAResource = "NotAResource";

    /// <summary>A field that the kind does not have.</summary>
    public const string UnknownField = "UnknownField";

    /// <summary>A field that must be there is not.</summary>
    public const string MissingField = "MissingField";

    /// <summary>A value of the wrong type.</summary>
    public const string WrongType = "WrongType";

    /// <summary>A value that is not allowed.</summary>
    public const string InvalidValue = "InvalidValue";

    /// <summary>The same resource twice.</summary>
    public const string Duplicate = "Duplicate";

    /// <summary>A kind that nothing here reads.</summary>
    public const string UnknownKind = "UnknownKind";

    /// <summary>A kind that is known, but has no effect.</summary>
    public const string NotServed = "NotServed";

    /// <summary>A field that has no effect.</summary>
    public const string NoEffect = "NoEffect";

    /// <summary>A selector that selects nothing.</summary>
    public const string SelectorMatchesNothing = "SelectorMatchesNothing";

    /// <summary>A namespace without meshed workloads.</summary>
    public const string NothingMeshed = "NothingMeshed";

    /// <summary>A target or reference that does not exist.</summary>
    public const string TargetNotFound = "TargetNotFound";

    /// <summary>A port that no selected workload serves.</summary>
    public const string PortNotServed = "PortNotServed";

    /// <summary>A rule that needs to see requests.</summary>
    public const string RequestLevelRule = "RequestLevelRule";

    /// <summary>A rule that can never match.</summary>
    public const string RuleNeverMatches = "RuleNeverMatches";

    /// <summary>Another resource of the same scope wins.</summary>
    public const string Overridden = "Overridden";

    /// <summary>Something valid that is rarely meant so, or is deprecated.</summary>
    public const string Suspicious = "Suspicious";

    /// <summary>A rule that rules before it leave nothing to.</summary>
    public const string UnreachableRule = "UnreachableRule";

    /// <summary>A match that matches before it leave nothing to.</summary>
    public const string IneffectiveMatch = "IneffectiveMatch";
}
