namespace NodeMesh.Model;

/// <summary>Who may reach a service by its name and addresses. The numbers are ambient mode's own.</summary>
public enum ServiceVisibility
{
    /// <summary>Everybody.</summary>
    Public = 0,

    /// <summary>Only clients of the service's own namespace; for others it does not exist.</summary>
    Namespace = 1,
}
