namespace NodeMesh.Model.Routing;

/// <summary>Where copies of requests go; their responses are thrown away.</summary>
/// <param name="Backend">The backend; its weight says nothing.</param>
/// <param name="Percent">How many of a hundred requests are copied.</param>
public sealed record RequestMirror(RouteBackend Backend, double Percent = 100);
