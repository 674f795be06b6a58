namespace Tandem.Web.Forms;

/// <summary>Where a page's script asks for a field's hints.</summary>
internal static class HintMark
{
    /// <returns>The address of a module; empty where the server answers; null where nobody has anything to say.</returns>
    public static string? Of(TandemApp app, string table, string field) =>
        app.Options.Hints.ModuleOf(table, field) ?? (app.Options.Hints.Handler(table, field) is null ? null : "");
}
