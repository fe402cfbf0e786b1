using Google.Protobuf.WellKnownTypes;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using Wire = NodeMesh.Discovery.Protos.Routes;

namespace NodeMesh.Discovery;

public static partial class ModelCodec
{
    private static Wire.HttpRule Encode(HttpRule rule) => new()
    {
        Origin = Encode(rule.Origin),
        Invalid = rule.Invalid ?? "",
        Backends = { rule.Backends.Select(Encode) },
        RequestHeaders = Encode(rule.RequestHeaders),
        ResponseHeaders = Encode(rule.ResponseHeaders),
        Rewrite = Encode(rule.Rewrite),
        Redirect = Encode(rule.Redirect),
        DirectResponse = rule.DirectResponse is not { } d ? null : new Wire.DirectResponse { Status = (uint)d.Status, Body = d.Body },
        Mirrors = { rule.Mirrors.Select(Encode) },
        Cors = Encode(rule.Cors),
        Timeout = Encode(rule.Timeout),
        BackendTimeout = Encode(rule.BackendTimeout),
        Retry = Encode(rule.Retry),
        Fault = Encode(rule.Fault),
        Session = Encode(rule.Session),
        FaultStatus = (uint)rule.FaultStatus,
    };

    private static HttpRule Decode(string name, Wire.HttpRule? wire) => wire is null ? throw new DiscoveryFormatException(name, "action", "is missing") : new HttpRule
    {
        Origin = Decode(name, wire.Origin),
        Invalid = OrNull(wire.Invalid),
        Backends = [.. wire.Backends.Select(b => Decode(name, b))],
        RequestHeaders = Decode(wire.RequestHeaders),
        ResponseHeaders = Decode(wire.ResponseHeaders),
        Rewrite = Decode(name, wire.Rewrite),
        Redirect = Decode(name, wire.Redirect),
        DirectResponse = wire.DirectResponse is not { } d ? null : new DirectResponse(DecodeStatus(name, "direct_response.status", d.Status), d.Body),
        Mirrors = [.. wire.Mirrors.Select(m => Decode(name, m))],
        Cors = Decode(name, wire.Cors),
        Timeout = wire.Timeout?.ToTimeSpan(),
        BackendTimeout = wire.BackendTimeout?.ToTimeSpan(),
        Retry = Decode(wire.Retry),
        Fault = Decode(wire.Fault),
        Session = Decode(name, wire.Session),
        FaultStatus = DecodeStatus(name, "fault_status", wire.FaultStatus),
    };

    private static Wire.Backend Encode(RouteBackend backend) => new()
    {
        Namespace = backend.Service.Namespace,
        Host = backend.Service.Name,
        Port = (uint)backend.Port,
        Subset = backend.Subset,
        Weight = (uint)backend.Weight,
        Fault = (Wire.BackendFault)backend.Fault,
        FaultDetail = backend.FaultDetail,
        RequestHeaders = Encode(backend.RequestHeaders),
        ResponseHeaders = Encode(backend.ResponseHeaders),
        Rewrite = Encode(backend.Rewrite),
        Redirect = Encode(backend.Redirect),
        Mirrors = { backend.Mirrors.Select(Encode) },
        Cors = Encode(backend.Cors),
    };

    private static RouteBackend Decode(string name, Wire.Backend wire) => new()
    {
        Service = new NamespacedName(wire.Namespace, wire.Host),
        Port = DecodePort(name, "backends.port", wire.Port, zeroAllowed: true),
        Subset = wire.Subset,
        Weight = (int)wire.Weight,
        Fault = DecodeEnum<Wire.BackendFault, BackendFault>(name, "backends.fault", wire.Fault),
        FaultDetail = wire.FaultDetail,
        RequestHeaders = Decode(wire.RequestHeaders),
        ResponseHeaders = Decode(wire.ResponseHeaders),
        Rewrite = Decode(name, wire.Rewrite),
        Redirect = Decode(name, wire.Redirect),
        Mirrors = [.. wire.Mirrors.Select(m => Decode(name, m))],
        Cors = Decode(name, wire.Cors),
    };

    private static Wire.Mirror Encode(RequestMirror mirror) => new() { Backend = Encode(mirror.Backend), Percent = mirror.Percent };

    private static RequestMirror Decode(string name, Wire.Mirror wire) => new(Decode(name, wire.Backend ?? new Wire.Backend()), wire.Percent);

    private static Wire.Redirect? Encode(HttpRedirect? redirect) => redirect is null ? null : new Wire.Redirect
    {
        Scheme = redirect.Scheme ?? "",
        Host = redirect.Host ?? "",
        Port = (uint)(redirect.Port ?? 0),
        PortKind = (Wire.RedirectPort)redirect.PortKind,
        Path = Encode(redirect.Path),
        Status = (uint)redirect.Status,
    };

    private static HttpRedirect? Decode(string name, Wire.Redirect? wire) => wire is null ? null : new HttpRedirect
    {
        Scheme = OrNull(wire.Scheme),
        Host = OrNull(wire.Host),
        Port = wire.Port == 0 ? null : DecodePort(name, "redirect.port", wire.Port, zeroAllowed: false),
        PortKind = DecodeEnum<Wire.RedirectPort, RedirectPortKind>(name, "redirect.port_kind", wire.PortKind),
        Path = Decode(name, wire.Path),
        Status = DecodeStatus(name, "redirect.status", wire.Status),
    };

    private static Wire.HeaderChanges? Encode(HeaderChanges changes) => changes.IsEmpty ? null : new Wire.HeaderChanges
    {
        Set = { changes.Set.Select(h => new Wire.HeaderValue { Name = h.Name, Value = h.Value }) },
        Add = { changes.Add.Select(h => new Wire.HeaderValue { Name = h.Name, Value = h.Value }) },
        Remove = { changes.Remove },
    };

    private static HeaderChanges Decode(Wire.HeaderChanges? wire) => wire is null ? HeaderChanges.None : new HeaderChanges
    {
        Set = [.. wire.Set.Select(h => new HeaderValue(h.Name, h.Value))],
        Add = [.. wire.Add.Select(h => new HeaderValue(h.Name, h.Value))],
        Remove = [.. wire.Remove],
    };

    private static Wire.UrlRewrite? Encode(UrlRewrite? rewrite) => rewrite is null ? null : new Wire.UrlRewrite { Host = rewrite.Host, Path = Encode(rewrite.Path) };

    private static UrlRewrite? Decode(string name, Wire.UrlRewrite? wire) => wire is null ? null : new UrlRewrite(wire.Host, Decode(name, wire.Path));

    private static Wire.PathRewrite? Encode(PathRewrite? rewrite) => rewrite?.Kind switch
    {
        null => null,
        PathRewriteKind.Full => new Wire.PathRewrite { Full = rewrite.Value },
        PathRewriteKind.Prefix => new Wire.PathRewrite { Prefix = rewrite.Value },
        PathRewriteKind.StringPrefix => new Wire.PathRewrite { StringPrefix = rewrite.Value },
        _ => new Wire.PathRewrite { Pattern = new() { Pattern_ = rewrite.PatternText, Replacement = rewrite.Value } },
    };

    private static PathRewrite? Decode(string name, Wire.PathRewrite? wire) => wire?.PathCase switch
    {
        null => null,
        Wire.PathRewrite.PathOneofCase.Full => PathRewrite.Full(wire.Full),
        Wire.PathRewrite.PathOneofCase.Prefix => PathRewrite.Prefix(wire.Prefix),
        Wire.PathRewrite.PathOneofCase.StringPrefix => PathRewrite.StringPrefix(wire.StringPrefix),
        Wire.PathRewrite.PathOneofCase.Pattern => Checked(name, "rewrite.path.pattern", () => PathRewrite.Pattern(wire.Pattern.Pattern_, wire.Pattern.Replacement)),
        _ => throw new DiscoveryFormatException(name, "rewrite.path", "the kind of rewrite is not known"),
    };

    private static Wire.Cors? Encode(CorsPolicy? cors) => cors is null ? null : new Wire.Cors
    {
        AllowOrigins = { cors.AllowOrigins.Select(o => Encode(o)!) },
        AllowMethods = { cors.AllowMethods },
        AllowHeaders = { cors.AllowHeaders },
        ExposeHeaders = { cors.ExposeHeaders },
        MaxAge = Encode(cors.MaxAge),
        AllowCredentials = cors.AllowCredentials,
        ForwardUnmatchedPreflights = cors.ForwardUnmatchedPreflights,
    };

    private static CorsPolicy? Decode(string name, Wire.Cors? wire) => wire is null ? null : new CorsPolicy
    {
        AllowOrigins = [.. wire.AllowOrigins.Select(o => Decode(name, o))],
        AllowMethods = [.. wire.AllowMethods],
        AllowHeaders = [.. wire.AllowHeaders],
        ExposeHeaders = [.. wire.ExposeHeaders],
        MaxAge = wire.MaxAge?.ToTimeSpan(),
        AllowCredentials = wire.AllowCredentials,
        ForwardUnmatchedPreflights = wire.ForwardUnmatchedPreflights,
    };

    private static Wire.Retry? Encode(RetryPolicy? retry) => retry is null ? null : new Wire.Retry
    {
        Attempts = (uint)retry.Attempts,
        Conditions = (uint)retry.Conditions,
        Codes = { retry.Codes.Select(c => (uint)c) },
        PerTryTimeout = Encode(retry.PerTryTimeout),
        Backoff = Encode(retry.Backoff),
        AvoidFailedEndpoints = retry.AvoidFailedEndpoints,
        RemoteLocalities = retry.RemoteLocalities,
    };

    private static RetryPolicy? Decode(Wire.Retry? wire) => wire is null ? null : new RetryPolicy
    {
        Attempts = (int)wire.Attempts,
        Conditions = (RetryConditions)wire.Conditions,
        Codes = [.. wire.Codes.Select(c => (int)c)],
        PerTryTimeout = wire.PerTryTimeout?.ToTimeSpan(),
        Backoff = wire.Backoff?.ToTimeSpan(),
        AvoidFailedEndpoints = wire.AvoidFailedEndpoints,
        RemoteLocalities = wire.RemoteLocalities,
    };

    private static Wire.Fault? Encode(FaultInjection? fault) => fault is null ? null : new Wire.Fault
    {
        Delay = fault.Delay is not { } delay ? null : new Wire.FaultDelay { Duration = Encode(delay.Duration), Percent = delay.Percent },
        Abort = fault.Abort is not { } abort ? null : new Wire.FaultAbort { HttpStatus = (uint?)abort.HttpStatus, GrpcStatus = (uint?)abort.GrpcStatus, Percent = abort.Percent },
    };

    private static FaultInjection? Decode(Wire.Fault? wire) => wire is null ? null : new FaultInjection(
        wire.Delay is not { } delay ? null : new FaultDelay(delay.Duration?.ToTimeSpan() ?? TimeSpan.Zero, delay.Percent),
        wire.Abort is not { } abort ? null : new FaultAbort((int?)abort.HttpStatus, (int?)abort.GrpcStatus, abort.Percent));

    private static Wire.Session? Encode(SessionPersistence? session) => session is null ? null : new Wire.Session
    {
        InHeader = session.InHeader,
        Name = session.Name,
        AbsoluteTimeout = Encode(session.AbsoluteTimeout),
        IdleTimeout = Encode(session.IdleTimeout),
        PermanentCookie = session.PermanentCookie,
        CookiePath = session.CookiePath,
    };

    private static SessionPersistence? Decode(string name, Wire.Session? wire) => wire is null ? null : new SessionPersistence
    {
        InHeader = wire.InHeader,
        Name = Required(name, "session.name", wire.Name),
        AbsoluteTimeout = wire.AbsoluteTimeout?.ToTimeSpan(),
        IdleTimeout = wire.IdleTimeout?.ToTimeSpan(),
        PermanentCookie = wire.PermanentCookie,
        CookiePath = wire.CookiePath,
    };

    private static Wire.Origin Encode(ResourceOrigin origin) => new() { Group = origin.Group, Kind = origin.Kind, Namespace = origin.Namespace, Name = origin.Name };

    private static ResourceOrigin Decode(string name, Wire.Origin? wire) =>
        wire is null ? throw new DiscoveryFormatException(name, "origin", "is missing") : new ResourceOrigin(wire.Kind, wire.Namespace, wire.Name) { Group = wire.Group };

    private static Wire.RuleOrigin Encode(RuleOrigin origin) => new() { Resource = Encode(origin.Resource), Rule = (uint)origin.Rule, RuleName = origin.RuleName ?? "" };

    private static RuleOrigin Decode(string name, Wire.RuleOrigin? wire) => new(Decode(name, wire?.Resource), (int)(wire?.Rule ?? 0), OrNull(wire?.RuleName ?? ""));

    private static Wire.NamedMatch Encode(NamedMatch match) => new() { Name = match.Name, Value = Encode(match.Value) };

    private static NamedMatch Decode(string name, Wire.NamedMatch wire) => new(Required(name, "name", wire.Name), Decode(name, wire.Value ?? new Wire.TextMatch()));

    private static Wire.TextMatch? Encode(TextMatch? match) => match?.Kind switch
    {
        null => null,
        TextMatchKind.Exact => new Wire.TextMatch { Exact = match.Value, IgnoreCase = match.IgnoreCase },
        TextMatchKind.Prefix => new Wire.TextMatch { Prefix = match.Value, IgnoreCase = match.IgnoreCase },
        TextMatchKind.Pattern => new Wire.TextMatch { Pattern = match.Value },
        _ => new Wire.TextMatch { Present = true },
    };

    private static TextMatch? DecodeOptional(string name, Wire.TextMatch? wire) => wire is null ? null : Decode(name, wire);

    private static TextMatch Decode(string name, Wire.TextMatch wire) => wire.TextCase switch
    {
        Wire.TextMatch.TextOneofCase.Exact => TextMatch.Exact(wire.Exact, wire.IgnoreCase),
        Wire.TextMatch.TextOneofCase.Prefix => TextMatch.Prefix(wire.Prefix, wire.IgnoreCase),
        Wire.TextMatch.TextOneofCase.Pattern => Checked(name, "pattern", () => TextMatch.Pattern(wire.Pattern)),
        Wire.TextMatch.TextOneofCase.Present => TextMatch.Present,
        _ => throw new DiscoveryFormatException(name, "text", "the kind of match is not known"),
    };

    private static Wire.Label Encode(WorkloadLabel label) => new() { Key = label.Key, Value = label.Value };

    private static WorkloadLabel Decode(Wire.Label wire) => new(wire.Key, wire.Value);

    private static Duration? Encode(TimeSpan? time) => time is { } value ? Duration.FromTimeSpan(value) : null;

    private static int DecodeStatus(string name, string field, uint status) =>
        status is >= 100 and <= 599 ? (int)status : throw new DiscoveryFormatException(name, field, $"{status} is not a status");

    private static string? OrNull(string text) => text.Length == 0 ? null : text;

    private static T Checked<T>(string name, string field, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException e)
        {
            throw new DiscoveryFormatException(name, field, e.Message);
        }
    }
}
