using System.Net;

namespace NodeMesh.Capture.Forwarding;

/// <summary>How an application's end of a connection with the proxy is named in its own socket, where address translation lies between the two.</summary>
public interface IApplicationEnds
{
    /// <summary>Finds the names of an application's end.</summary>
    /// <param name="own">The address of the proxy's end, as that has it.</param>
    /// <param name="application">The application's, as the proxy's end has it.</param>
    /// <param name="isDelivery">True where the proxy has dialled it, false where it has accepted it.</param>
    /// <returns>The application's own address and its peer's, as its socket has them; null where nobody knows.</returns>
    (IPEndPoint Local, IPEndPoint Remote)? Find(IPEndPoint own, IPEndPoint application, bool isDelivery);
}
