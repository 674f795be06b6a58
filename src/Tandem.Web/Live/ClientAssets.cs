using System.Collections.Frozen;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tandem.Web.Live;

/// <summary>The scripts and styles inside this assembly, under an address that changes with their content.</summary>
internal static class ClientAssets
{
    private const string Prefix = "client/";
    private static readonly Lazy<Loaded> s_loaded = new(Load);

    private sealed record Loaded(string Hash, FrozenDictionary<string, Asset> Files);

    private sealed record Asset(string MediaType, byte[] Plain, Lazy<byte[]> Brotli, Lazy<byte[]> Gzip);

    /// <summary>The address of a file, below the application's own base.</summary>
    public static string Path(string file) => $"/_tandem/{s_loaded.Value.Hash}/{file}";

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/_tandem/{hash}/{file}", Serve).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet("/_tandem/{file}", ServeNewest).AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Serve(HttpContext context, string hash, string file) =>
        hash == s_loaded.Value.Hash ? Send(context, file, "public, max-age=31536000, immutable") : Results.NotFound();

    /// <summary>The same files under an address that can be written into a page by hand; browsers ask each time whether they are still the same.</summary>
    private static IResult ServeNewest(HttpContext context, string file)
    {
        var tag = $"\"{s_loaded.Value.Hash}\"";
        context.Response.Headers.ETag = tag;
        return context.Request.Headers.IfNoneMatch == tag ? Results.StatusCode(StatusCodes.Status304NotModified) : Send(context, file, "no-cache");
    }

    private static IResult Send(HttpContext context, string file, string caching)
    {
        if (!s_loaded.Value.Files.TryGetValue(file, out var asset))
        {
            return Results.NotFound();
        }

        var headers = context.Response.Headers;
        headers.CacheControl = caching;
        headers.Vary = "Accept-Encoding";
        var accepts = context.Request.Headers.AcceptEncoding.ToString();
        if (accepts.Contains("br", StringComparison.Ordinal))
        {
            headers.ContentEncoding = "br";
            return Results.Bytes(asset.Brotli.Value, asset.MediaType);
        }

        if (accepts.Contains("gzip", StringComparison.Ordinal))
        {
            headers.ContentEncoding = "gzip";
            return Results.Bytes(asset.Gzip.Value, asset.MediaType);
        }

        return Results.Bytes(asset.Plain, asset.MediaType);
    }

    private static Loaded Load()
    {
        var assembly = typeof(ClientAssets).Assembly;
        Dictionary<string, Asset> files = [];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            hash.AppendData(content);
            var mediaType = name.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
            files[name[Prefix.Length..]] = new Asset(
                mediaType,
                content,
                new Lazy<byte[]>(() => Compress(content, s => new BrotliStream(s, CompressionLevel.SmallestSize))),
                new Lazy<byte[]>(() => Compress(content, s => new GZipStream(s, CompressionLevel.SmallestSize))));
        }

        return new Loaded(Convert.ToHexStringLower(hash.GetHashAndReset())[..12], files.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static byte[] Compress(byte[] content, Func<Stream, Stream> open)
    {
        using var buffer = new MemoryStream();
        using (var packed = open(buffer))
        {
            packed.Write(content);
        }

        return buffer.ToArray();
    }
}
