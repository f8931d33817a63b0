/** What went wrong, in the words of who refused it. */
export function Fault({ text }: { readonly text: string }) {
  return (
    <p class="fault" role="alert">
      {text}
    </p>
  );
}
