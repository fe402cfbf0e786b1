namespace NodeMesh.Linux.Namespaces;

/// <summary>What happened inside a namespace, in plain numbers: nothing there may make an object.</summary>
/// <param name="Made">How many sockets were made.</param>
/// <param name="EnterError">errno of entering; 0 when it was entered.</param>
/// <param name="SocketError">errno of the socket that was not made; 0 when all were.</param>
internal readonly record struct NamespaceEntryResult(int Made, int EnterError, int SocketError);
