namespace NodeMesh.Agent.Enrollment;

/// <summary>Tells users of a pod what becomes of it.</summary>
internal interface IPodEvents
{
    /// <summary>Tells something; does not wait, and does not fail.</summary>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="uid">Its UID.</param>
    /// <param name="isWarning">Whether something is wrong.</param>
    /// <param name="reason">For programs.</param>
    /// <param name="message">For people.</param>
    void Tell(string ns, string name, string uid, bool isWarning, string reason, string message);
}
