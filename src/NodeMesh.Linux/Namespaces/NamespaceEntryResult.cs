namespace NodeMesh.Linux.Namespaces;

/// <summary>What happened inside a namespace, in plain numbers: nothing there may make an object.</summary>
/// <param name="Descriptor">The socket; negative when none was made.</param>
/// <param name="EnterError">errno of entering; 0 when it was entered.</param>
/// <param name="SocketError">errno of making the socket; 0 when it was made.</param>
internal readonly record struct NamespaceEntryResult(int Descriptor, int EnterError, int SocketError);
