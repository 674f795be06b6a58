using System.Globalization;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>How random requests are made, as the environment says or by chance.</summary>
internal static class FuzzSettings
{
    public static int Seed => Setting("TANDEM_FUZZ_SEED") ?? Random.Shared.Next();

    public static int Requests(int otherwise) => Setting("TANDEM_FUZZ_REQUESTS") ?? otherwise;

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
