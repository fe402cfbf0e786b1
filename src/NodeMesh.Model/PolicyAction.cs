namespace NodeMesh.Model;

/// <summary>What an authorisation policy does with a connection that it matches. The numbers are ambient mode's own.</summary>
public enum PolicyAction
{
    /// <summary>Allows it; where any ALLOW policy applies, what none of them matches is refused.</summary>
    Allow = 0,

    /// <summary>Refuses it, before any ALLOW is asked.</summary>
    Deny = 1,
}
